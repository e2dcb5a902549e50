import { Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { appendFileSync } from 'node:fs';

/** Something to inject, which tells a file that it was closed. */
@Injectable()
export class Greeter implements OnApplicationShutdown {
  greet(name: string): string {
    return `Hello ${name}`;
  }

  onApplicationShutdown(): void {
    const file = process.env['PROBE_LOG'];
    if (file !== undefined) appendFileSync(file, `closed ${process.pid}\n`);
  }
}

@Module({ providers: [Greeter], exports: [Greeter] })
export class GreeterModule {}
