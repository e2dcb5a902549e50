import { REPLY_CODES, REPLY_TEXTS, ruleOf, type Trouble } from './reply-errors';

const ROLE = "You can't write against a read only replica.";
const MEMORY = "command not allowed when used memory > 'maxmemory'.";

/** Each error with its words: of Redis 7.0 unless it says otherwise. */
const ERRORS: readonly (readonly [Trouble, string])[] = [
  ['refusing', 'LOADING Redis is loading the dataset in memory'],
  ['refusing', 'Ready check failed: LOADING Redis is loading the dataset in memory'],
  [
    'refusing',
    'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  ],
  ['refusing', 'UNKILLABLE Sorry the script already executed write commands against the dataset.'],
  [
    'refusing',
    'MISCONF Redis is configured to save RDB snapshots, but it is unable to persist on disk.',
  ],
  ['refusing', 'MISCONF Errors writing to the AOF file: No space left on device'],
  ['refusing', 'NOREPLICAS Not enough good replicas to write.'],
  ['refusing', 'CLUSTERDOWN The cluster is down'],
  ['refusing', 'CLUSTERDOWN Hash slot not served'],
  ['refusing', 'TRYAGAIN Multiple keys request during rehashing of slot'],
  ['refusing', 'NOSCRIPT No matching script. Please use EVAL.'],
  ['refusing', 'ERR max number of clients reached'],
  ['refusing', 'ERR max number of clients + cluster connections reached'],
  ['refusing', 'ERR max daily request limit exceeded. Limit: 10000, Usage: 10001'],
  [
    'refusing',
    'ERR Script attempted to execute a write command while the cluster is down and readonly script: 4a, on @user_script:1.',
  ],
  [
    'refusing',
    'ERR Script attempted to access a non local key in a cluster node script: 4a, on @user_script:1.',
  ],
  ['refusing', 'ERR Script killed by user with SCRIPT KILL. script: 4a, on @user_script:1.'],
  ['replica', `READONLY ${ROLE}`],
  [
    'replica',
    `READONLY ${ROLE} script: 4a2267357833227dd98abdedb8cf24b15a986445, on @user_script:1.`,
  ],
  ['replica', "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."],
  [
    'replica',
    'UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)',
  ],
  [
    'replica',
    'ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0',
  ],
  ['full', `OOM ${MEMORY}`],
  ['full', `OOM ${MEMORY} script: 4a2267357833227dd98abdedb8cf24b15a986445, on @user_script:12.`],
  ['access', 'NOAUTH Authentication required.'],
  ['access', 'Ready check failed: NOAUTH Authentication required.'],
  ['access', 'WRONGPASS invalid username-password pair or user is disabled.'],
  ['access', "NOPERM this user has no permissions to run the 'evalsha' command"],
  [
    'access',
    "ERR The user executing the script can't run this command or subcommand script: 4a, on @user_script:1.",
  ],
  [
    'access',
    'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
  ],
  ['access', 'ERR DB index is out of range'],
  ['access', 'DENIED Redis is running in protected mode because protected mode is enabled'],
  ['command', "CROSSSLOT Keys in request don't hash to the same slot"],
  ['command', 'MOVED 866 127.0.0.1:7001'],
  ['command', 'ASK 866 127.0.0.1:7001'],
  ['command', 'WRONGTYPE Operation against a key holding the wrong kind of value'],
  ['command', 'EXECABORT Transaction discarded because of previous errors.'],
  ['command', 'NOTBUSY No scripts in execution right now.'],
  ['command', 'BUSYGROUP Consumer Group name already exists'],
  ['command', 'BUSYKEY Target key name already exists.'],
  ['command', 'NOPROTO unsupported protocol version'],
  // Redis 6.2
  [
    'replica',
    `ERR Error running script (call to f_4a22): @user_script:1: @user_script: 1: -READONLY ${ROLE} `,
  ],
  [
    'full',
    `ERR Error running script (call to f_4a22): @user_script:7: @user_script: 7: -OOM ${MEMORY} `,
  ],
  [
    'refusing',
    'ERR Error running script (call to f_4a22): @user_script:1: @user_script: 1: -NOREPLICAS Not enough good replicas to write. ',
  ],
  [
    'refusing',
    'ERR Error running script (call to f_4a22): @user_script:1: Script killed by user with SCRIPT KILL... ',
  ],
  [
    'refusing',
    'ERR Error running script (call to f_4a22): @user_script:1: @user_script: 1: Lua script attempted to execute a write command while the cluster is down and readonly ',
  ],
  [
    'refusing',
    'ERR Error running script (call to f_4a22): @user_script:1: @user_script: 1: Lua script attempted to access a non local key in a cluster node ',
  ],
  [
    'access',
    "ERR Error running script (call to f_4a22): @user_script:1: @user_script: 1: The user executing the script can't run this command or subcommand ",
  ],
  [
    'command',
    'ERR Error running script (call to f_4a22): @user_script:1: WRONGTYPE Operation against a key holding the wrong kind of value ',
  ],
  ['access', 'ERR invalid DB index'],
  ['access', 'ERR Client sent AUTH, but no password is set'],
  // ioredis 5.11
  [
    'refusing',
    'Too many Cluster redirections. Last error: ReplyError: CLUSTERDOWN The cluster is down',
  ],
  ['refusing', 'Too many Cluster redirections. Last error: ReplyError: MOVED 866 127.0.0.1:7001'],
  [
    'refusing',
    'Too many Cluster redirections. Last error: ReplyError: TRYAGAIN Multiple keys request during rehashing of slot',
  ],
  ['away', 'Too many Cluster redirections. Last error: Error: Connection is closed.'],
  ['away', "Stream isn't writeable and enableOfflineQueue options is false"],
  ['away', 'Connection is closed.'],
  ['away', 'Connection is aborted'],
  ['away', 'Connection is discarded because a new connection is made'],
  [
    'away',
    'Reached the max retries per request limit (which is 0). Refer to "maxRetriesPerRequest" option for details.',
  ],
  ['away', 'Command timed out'],
  ['away', 'Command aborted due to connection close'],
  ['away', "Socket timeout. Expecting data, but didn't receive any in 500ms."],
  ['away', 'connect ETIMEDOUT'],
  ['away', "Cluster isn't ready and enableOfflineQueue options is false"],
  ['away', 'Cluster is ended.'],
  ['away', 'Cluster is disconnected.'],
  ['away', 'Cluster is disconnecting.'],
  ['away', 'None of startup nodes is available'],
  ['away', 'Failed to refresh slots cache.'],
  ['away', 'Node is disconnected'],
  ['away', 'All sentinels are unreachable. Retrying from scratch after 10ms.'],
];

describe('what an error of Redis or of its client means', () => {
  it.each(ERRORS)('%s: %s', (trouble, message) => {
    expect(ruleOf(new Error(message))?.trouble).toBe(trouble);
  });

  it('has an example of each rule', () => {
    const rules = new Set(ERRORS.map(([, message]) => ruleOf(new Error(message))));
    // What is wrapped may have a rule of its own.
    const all = [
      ...Object.entries(REPLY_CODES),
      ...REPLY_TEXTS.map((rule) => [rule.text, rule] as const),
    ];
    expect(all.filter(([, rule]) => !rules.has(rule)).map(([name]) => String(name))).toEqual([]);
  });

  it.each([
    ['a code of Node', Object.assign(new Error(''), { code: 'ECONNREFUSED' }), 'away'],
    [
      'a host with several addresses',
      new AggregateError([Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })], ''),
      'away',
    ],
    [
      'a socket file that is missing',
      Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'connect' }),
      'away',
    ],
    [
      'a transaction, of which a command was refused',
      Object.assign(new Error('EXECABORT Transaction discarded because of previous errors.'), {
        previousErrors: [new Error(`OOM ${MEMORY}`)],
      }),
      'full',
    ],
    [
      'a cluster of which no node lets the user in',
      Object.assign(new Error('Failed to refresh slots cache.'), {
        lastNodeError: new Error('NOAUTH Authentication required.'),
      }),
      'access',
    ],
  ] as const)('is found in %s', (_, error, trouble) => {
    expect(ruleOf(error)?.trouble).toBe(trouble);
  });

  it.each([
    new Error('ERR unknown command'),
    new Error('ERR value is not an integer or out of range'),
    new Error('Missing lock for job 7. moveToFinished'),
    new Error('BUSYBODY is no code of Redis'),
    Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' }),
    'READONLY as a string',
    undefined,
    null,
  ])('is unknown otherwise: %s', (error) => {
    expect(ruleOf(error)).toBeUndefined();
  });
});
