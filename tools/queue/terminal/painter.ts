import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];
export type Painter = (style: Style, text: string) => string;

/**
 * Colors for a terminal, and plain text for everything else. Nx sets FORCE_COLOR for all its tasks, also
 * where its own output goes to a file, so that variable does not count.
 */
export function painter(
  { isTTY }: { isTTY?: boolean } = process.stdout,
  { NO_COLOR }: NodeJS.ProcessEnv = process.env,
): Painter {
  return isTTY && !NO_COLOR ? (style, text) => styleText(style, text) : (_style, text) => text;
}
