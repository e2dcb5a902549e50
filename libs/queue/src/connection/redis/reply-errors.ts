import { textOf } from '../../text/reason-of';

/**
 * What an error means to the caller of a command:
 *
 * - `away`: there was no answer, or no connection.
 * - `refusing`: the server has answered, and refuses for a while.
 * - `replica`: the same, because this connection leads to a replica; another one may lead to the master.
 * - `full`: its memory is full. What needs more of it is refused.
 * - `access`: it refuses this user, or the database. That lasts until somebody changes it.
 * - `command`: it refuses this command, and will refuse it again.
 */
export type Trouble = 'away' | 'refusing' | 'replica' | 'full' | 'access' | 'command';

/** What becomes of a command. */
export interface ReplyRule {
  readonly trouble: Trouble;
  /** What is wrong and what to do, as sentences that follow the server's own. */
  readonly advice?: string;
}

const moved = 'Its keys are being moved to another node, which ends by itself.';
const redirecting =
  'The node of its keys is away, or they are being moved: see `redis-cli CLUSTER NODES`.';
const wait = 'That ends by itself.';
const replica =
  'This is a replica now: connections are opened anew until they reach the master. ' +
  'Use a URL that follows a failover (Sentinel, a cluster, the primary endpoint of a managed Redis).';

/** The first word of an error reply. https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors */
export const REPLY_CODES: Readonly<Record<string, ReplyRule>> = {
  LOADING: { trouble: 'refusing', advice: `It is reading its data. ${wait}` },
  BUSY: { trouble: 'refusing', advice: "End somebody's script: `redis-cli SCRIPT KILL`." },
  UNKILLABLE: { trouble: 'refusing', advice: "Somebody's script has written: it has to end." },
  MISCONF: { trouble: 'refusing', advice: 'It cannot write to its disk: see its log.' },
  NOREPLICAS: {
    trouble: 'refusing',
    advice: 'Fewer replicas are connected than its `min-replicas-to-write`.',
  },
  MASTERDOWN: { trouble: 'replica', advice: `It has lost its master. ${replica}` },
  READONLY: { trouble: 'replica', advice: replica },
  // To a command that blocks when its server becomes a replica.
  UNBLOCKED: { trouble: 'replica', advice: replica },
  CLUSTERDOWN: {
    trouble: 'refusing',
    advice:
      'A part of the cluster has no master: see `redis-cli CLUSTER INFO` and `CLUSTER NODES`.',
  },
  TRYAGAIN: { trouble: 'refusing', advice: moved },
  NOSCRIPT: { trouble: 'refusing', advice: 'Its scripts were removed, and are loaded anew.' },
  OOM: { trouble: 'full' },
  NOAUTH: { trouble: 'access' },
  WRONGPASS: { trouble: 'access' },
  NOPERM: { trouble: 'access' },
  DENIED: { trouble: 'access' },
  MOVED: { trouble: 'command' },
  ASK: { trouble: 'command' },
  CROSSSLOT: { trouble: 'command' },
  WRONGTYPE: { trouble: 'command' },
  EXECABORT: { trouble: 'command' },
  NOTBUSY: { trouble: 'command' },
  BUSYGROUP: { trouble: 'command' },
  BUSYKEY: { trouble: 'command' },
  NOPROTO: { trouble: 'command' },
};

/** Errors without a code of their own, matched by how they begin. */
export const REPLY_TEXTS: readonly (ReplyRule & { readonly text: RegExp })[] = [
  // Redis
  {
    text: /^max (number of clients|.*connections)/,
    trouble: 'refusing',
    advice: 'It accepts no more connections: raise its `maxclients`, or run fewer processes.',
  },
  { text: /^max (daily )?requests? limit/, trouble: 'refusing', advice: 'Raise its quota.' },
  {
    text: /^(Lua s|S)cript attempted to execute .* while the cluster is down/,
    trouble: 'refusing',
  },
  {
    text: /^(Lua s|S)cript attempted to access a non local key/,
    trouble: 'refusing',
    advice: moved,
  },
  { text: /^Script killed by user/, trouble: 'refusing', advice: 'It had written nothing yet.' },
  { text: /^The user executing the script can't/, trouble: 'access' },
  {
    text: /^(DB index is out of range|invalid DB index|AUTH |Client sent AUTH)/,
    trouble: 'access',
  },
  // To a connection that reached the master before a failover, or to any node of a cluster.
  { text: /^WAIT cannot be used with replica/, trouble: 'replica', advice: replica },
  // ioredis 5.11, which has no codes either
  { text: /^Stream isn't writeable/, trouble: 'away' },
  { text: /^Connection is (closed|aborted|discarded)/, trouble: 'away' },
  { text: /^Reached the max retries per request limit/, trouble: 'away' },
  { text: /^Command timed out/, trouble: 'away' },
  { text: /^Command aborted due to connection close/, trouble: 'away' },
  { text: /^Socket timeout/, trouble: 'away' },
  { text: /^connect ETIMEDOUT/, trouble: 'away' },
  { text: /^Cluster is(n't ready| ended| disconnect)/, trouble: 'away' },
  { text: /^None of startup nodes is available/, trouble: 'away' },
  { text: /^Failed to refresh slots cache/, trouble: 'away' },
  { text: /^Node is disconnected/, trouble: 'away' },
  { text: /^All sentinels are unreachable/, trouble: 'away' },
];

/** Node's codes for a connection that cannot be opened or was lost. */
const LOST_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/**
 * Finds the rule of an error, however it is wrapped. If a transaction or a connection to several addresses has
 * several errors, the first with a rule counts.
 *
 * @returns undefined for any other error: one of a command or of the program
 */
export function ruleOf(error: unknown): ReplyRule | undefined {
  const parts = partsOf(error).map(ruleOf);
  return parts.find((rule) => rule !== undefined) ?? ownRuleOf(error);
}

function ownRuleOf(error: unknown): ReplyRule | undefined {
  if (LOST_CODES.has(textOf(error, 'code') ?? '')) return { trouble: 'away' };
  // No server has made the socket of a `unix:` URL yet. A file that is missing has the same code.
  if (textOf(error, 'code') === 'ENOENT' && textOf(error, 'syscall') === 'connect') {
    return { trouble: 'away' };
  }
  const message = textOf(error, 'message');
  return message === undefined ? undefined : ruleOfMessage(message);
}

function ruleOfMessage(message: string): ReplyRule | undefined {
  const redirected = /^Too many Cluster redirections\. Last error: (?:\w*Error: )?(.*)/s.exec(
    message,
  );
  if (redirected !== null) {
    const { trouble, advice = redirecting } = ruleOfMessage(redirected[1] ?? '') ?? {};
    // A slot that is where each node says another one has it.
    return trouble === undefined || trouble === 'command'
      ? { trouble: 'refusing', advice }
      : { trouble, advice };
  }
  const reply = unwrap(message);
  const [code = ''] = /^[A-Z]+(?= |$)/.exec(reply) ?? [];
  const text = code === 'ERR' ? reply.slice(4) : reply;
  return REPLY_CODES[code] ?? REPLY_TEXTS.find((rule) => rule.text.test(text));
}

/**
 * Redis 7 appends where in the script a command has failed. Redis 6.2 says it before, and so twice:
 * `ERR Error running script (call to f_0b1c…): @user_script:12: @user_script: 12: -READONLY You can't …`.
 */
function unwrap(message: string): string {
  return message
    .replace(/^Ready check failed: /, '')
    .replace(/^ERR Error running script \(call to \S+\): /, '')
    .replace(/^(@\w+: ?\d+: )+-?/, '');
}

/** The errors that one error stands for: that of a host with several addresses, of a transaction, of a cluster. */
function partsOf(error: unknown): readonly unknown[] {
  if (typeof error !== 'object' || error === null) return [];
  // Node's AggregateError, and ioredis' EXECABORT and "Failed to refresh slots cache".
  const parts = ['errors', 'previousErrors', 'lastNodeError'].map(
    (property) => Reflect.get(error, property) as unknown,
  );
  return parts.flat().filter((part) => typeof part === 'object' && part !== null);
}
