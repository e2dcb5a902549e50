/**
 * Names of OpenTelemetry's semantic conventions. Those of messaging are not stable yet, and the conventions ask
 * instrumentations to keep a copy of such names.
 */
export const ATTRIBUTE = {
  messagingSystem: 'messaging.system',
  messagingOperation: 'messaging.operation.name',
  messagingOperationType: 'messaging.operation.type',
  messagingDestination: 'messaging.destination.name',
  messagingMessageId: 'messaging.message.id',
  messagingBatchCount: 'messaging.batch.message_count',
  messagingClientId: 'messaging.client.id',
  /** Ours: `messaging.{system}.…` is for what only one system has. */
  jobAttempt: 'messaging.bullmq.job.attempt',
  jobOutcome: 'messaging.bullmq.job.outcome',
  databaseSystem: 'db.system.name',
  databaseNamespace: 'db.namespace',
  databaseOperation: 'db.operation.name',
  databaseQuery: 'db.query.text',
  databaseSummary: 'db.query.summary',
  databaseStatus: 'db.response.status_code',
  httpMethod: 'http.request.method',
  httpRoute: 'http.route',
  httpStatus: 'http.response.status_code',
  urlPath: 'url.path',
  urlScheme: 'url.scheme',
  urlFull: 'url.full',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  errorType: 'error.type',
} as const;

/** The value of `messaging.system`. */
export const MESSAGING_SYSTEM = 'bullmq';

/** The name of the instrumentation, which backends show as the scope of a span. */
export const SCOPE = '@libs/queue';
