import geoip from 'geoip-lite';

export function work(): string {
  return `${geoip.lookup('8.8.8.8')?.country ?? 'nowhere'} ${String(geoip.lookup('127.0.0.1'))}`;
}
