export { Report } from './report.entity';
export { ReportsDataModule } from './reports-data.module';
