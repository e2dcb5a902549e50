import { UserFacingError } from '@libs/config';

/**
 * A module asks for a data source that the settings of the application do not name.
 *
 * To do: declare it in the application's `config.ts` and `settings.module.ts`, as the message shows.
 *
 * @group Contracts and processors
 */
export class UndeclaredDataSourceError extends UserFacingError {
  readonly code = 'UNDECLARED_DATA_SOURCE';

  constructor(
    readonly dataSource: string,
    readonly declared: readonly string[],
  ) {
    const others = declared.length === 0 ? 'none' : [...declared].sort().join(', ');
    super(
      `This application has no data source "${dataSource}" (besides the main one it has: ${others}). ` +
        `Add \`...namedDataSource('${dataSource}')\` to its config.ts, and ` +
        `\`${dataSource}: dataSourceOf(config, '${dataSource}')\` to \`named\` in its settings.module.ts.`,
    );
  }
}
