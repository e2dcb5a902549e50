import { Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { appendFileSync } from 'node:fs';

/** An injectable that writes to a file when it closes, or never closes. */
@Injectable()
export class Greeter implements OnApplicationShutdown {
  greet(name: string): string {
    return `Hello ${name}`;
  }

  async onApplicationShutdown(): Promise<void> {
    const file = process.env['PROBE_LOG'];
    if (file !== undefined) appendFileSync(file, `closed ${process.pid}\n`);
    if (process.env['PROBE_HANGS'] !== undefined) await new Promise(() => undefined);
  }
}

@Module({ providers: [Greeter], exports: [Greeter] })
export class GreeterModule {}
