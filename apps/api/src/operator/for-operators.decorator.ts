import { applyDecorators, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { AuditInterceptor } from './audit.interceptor';
import { OperatorGuard } from './operator.guard';

/** A controller or a route for operators only. What an operator changes is logged. */
export const ForOperators = () =>
  applyDecorators(ApiBearerAuth(), UseGuards(OperatorGuard), UseInterceptors(AuditInterceptor));
