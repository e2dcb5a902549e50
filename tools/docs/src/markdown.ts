/** A block of code in a page. */
export interface Fence {
  /** Such as `ts`, `sh` or `text`; empty if the page does not say. */
  readonly language: string;
  readonly code: string;
  /** Where its first line of code stands, counted from 1. */
  readonly line: number;
  /** Code that a reader need not see: the HTML comment `<!-- hidden … -->` above the block, and below it. */
  readonly before: string;
  readonly after: string;
}

/** A link, or a path or command in `code`, and its line. */
export interface Mention {
  readonly text: string;
  readonly line: number;
}

export interface Page {
  readonly fences: readonly Fence[];
  /** The targets of links and images. */
  readonly links: readonly Mention[];
  /** Inline code. */
  readonly code: readonly Mention[];
  /** What a link may name after `#`, as GitHub derives it from headings. */
  readonly anchors: ReadonlySet<string>;
}

const FENCE = /^( *)```(\w*)[^\n]*\n([^]*?)^\1```$/gm;
const HIDDEN = /<!-- hidden\n([^]*?)-->/;
const HIDDEN_ABOVE = new RegExp(`${HIDDEN.source}\\s*$`);
const HIDDEN_BELOW = new RegExp(`^\\s*${HIDDEN.source}`);

/** Reads the parts of a Markdown text that can be wrong. */
export function readPage(markdown: string): Page {
  const prose = markdown.replace(FENCE, blank).replace(/<!--[^]*?-->/g, blank);
  const text = prose.replace(/(`+)[^`\n]+\1/g, blank);
  return {
    fences: [...markdown.matchAll(FENCE)].map((match) => fenceOf(markdown, match)),
    links: mentions(text, /\]\(([^)\s]+)\)/g),
    code: mentions(prose, /`([^`\n]+)`/g),
    anchors: anchorsOf(prose),
  };
}

function fenceOf(markdown: string, match: RegExpExecArray): Fence {
  const [whole, , language = '', code = ''] = match;
  const above = HIDDEN_ABOVE.exec(lastPart(markdown.slice(0, match.index)));
  const below = HIDDEN_BELOW.exec(markdown.slice(match.index + whole.length));
  return {
    language,
    code,
    line: lineAt(markdown, match.index) + 1,
    before: above?.[1] ?? '',
    after: below?.[1] ?? '',
  };
}

/** From the last comment on, so that the expression is not tried from each comment of the page. */
const lastPart = (text: string) => text.slice(Math.max(0, text.lastIndexOf('<!--')));

function mentions(text: string, pattern: RegExp): Mention[] {
  return [...text.matchAll(pattern)].map((match) => ({
    text: match[1] ?? '',
    line: lineAt(text, match.index),
  }));
}

function anchorsOf(prose: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} +(.+)$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return anchors;
}

/** As long as before, so that offsets and lines stay what they are. */
const blank = (text: string) => text.replace(/[^\n]/g, ' ');

const lineAt = (text: string, offset: number) => text.slice(0, offset).split('\n').length;
