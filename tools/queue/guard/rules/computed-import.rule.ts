import type { Finding } from '../finding';
import type { GuardFacts } from '../facts';
import { isOwnFile, withLines } from '../facts';

/**
 * An import whose target is computed is in no bundle and in no graph: it works in the workspace, where
 * every file is there, and fails where the bundle runs.
 */
export function checkComputedImports(facts: GuardFacts): Finding[] {
  return facts.bundle
    .bundled()
    .filter(isOwnFile)
    .flatMap((node) =>
      facts.syntaxOf(node.path).computed.map(({ text, line }): Finding => {
        const links = facts.bundle.shortestChain((candidate) => candidate === node);
        const chain = withLines(facts, links);
        return {
          rule: 'computed-import',
          problem: `${node.path}:${line} loads a module that neither the bundler nor the project graph can tell: ${shortened(text)}`,
          remedy: `Write each target out: import('./a') or require('a'), and choose between them in code, as processors.generated.ts does.`,
          chain: chain.map((link, index) =>
            index === chain.length - 1 ? { ...link, line } : link,
          ),
        };
      }),
    );
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
