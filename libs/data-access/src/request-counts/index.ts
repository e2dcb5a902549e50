export { RequestCounts, type RequestCountsSettings } from './request-counts';
export { RequestCountsDataModule } from './request-counts-data.module';
