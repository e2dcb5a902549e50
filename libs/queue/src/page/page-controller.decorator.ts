import { applyDecorators, Controller, UseFilters, UseGuards } from '@nestjs/common';
import { PageErrorFilter } from './access/page-error.filter';
import { PageGuard } from './access/page.guard';

/** A controller of the page of queues. All of them are made by this, so the guard stands before each. */
export const PageController = (path = '') =>
  applyDecorators(Controller(path), UseGuards(PageGuard), UseFilters(PageErrorFilter));
