// A page of the queues, for an application with HTTP. An entry of its own: an application without it carries none of it.
export { PageRefusedError } from './page/access/page-refused.error';
export {
  pageWithoutFramework,
  type PageWithoutFramework,
} from './page/http/page-without-framework';
export type { QueuePageOptions, TrustedProxy } from './page/queue-page-options';
export { QueuePageModule } from './page/queue-page.module';
