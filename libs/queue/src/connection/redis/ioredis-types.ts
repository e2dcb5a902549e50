import type { AbstractConnector as Connector } from 'ioredis';

/** ioredis exports the class of its connectors, and not the name of what they return. */
export type AbstractConnector = InstanceType<typeof Connector>;
export type NetStream = Awaited<ReturnType<AbstractConnector['connect']>>;
