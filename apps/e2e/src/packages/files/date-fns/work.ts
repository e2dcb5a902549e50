import { addBusinessDays, formatISO, intlFormat } from 'date-fns';
import { format } from 'date-fns/format';
import { de } from 'date-fns/locale';

export function work(): string {
  const friday = new Date(2026, 0, 2, 12);
  const monday = addBusinessDays(friday, 1);
  const year = intlFormat(monday, { year: 'numeric' });
  return `${formatISO(monday, { representation: 'date' })} ${format(monday, 'EEEE', { locale: de })} ${year}`;
}
