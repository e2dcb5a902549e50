import * as zod3 from 'zod3';
import * as zod4 from 'zod';

export function work(): string {
  const old = zod3.object({ mail: zod3.string().email() }).safeParse({ mail: 'ada' });
  const young = zod4.object({ mail: zod4.email() }).safeParse({ mail: 'ada' });
  return `${old.error?.issues[0]?.code ?? ''}, ${young.error?.issues[0]?.code ?? ''}`;
}
