import type { DynamicModule, Type } from '@nestjs/common';
import type { ProcessorClass } from './processor-class';
import { getProcessorMetadata } from './processor-metadata';

/**
 * A separate module for a processor, so that it sees only its own imports. Named after the processor,
 * because Nest's messages about missing dependencies name the module.
 */
export function processorModule(processor: ProcessorClass): DynamicModule {
  const { imports, providers = [] } = getProcessorMetadata(processor) ?? {};
  const module = namedClass(`${processor.name}Module`);
  return { module, imports, providers: [processor, ...providers] };
}

/** Creates an empty class at run time; the lint rules forbid declaring one. */
function namedClass(name: string): Type {
  const constructed = class extends Object {};
  return Object.defineProperty(constructed, 'name', { value: name });
}
