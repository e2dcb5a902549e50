import i18next from 'i18next';
import Backend from 'i18next-fs-backend';
import { join } from 'node:path';

export async function work(): Promise<string> {
  const i18n = i18next.createInstance();
  await i18n.use(Backend).init({
    lng: 'de',
    fallbackLng: 'en',
    backend: { loadPath: join(__dirname, 'locales/{{lng}}.json') },
  });
  return `${i18n.t('mails', { count: 2 })}; ${i18n.t('bye')}`;
}
