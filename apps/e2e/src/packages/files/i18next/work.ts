import i18next from 'i18next';
import de from './locales/de.json';
import en from './locales/en.json';

export async function work(): Promise<string> {
  const i18n = i18next.createInstance();
  await i18n.init({
    fallbackLng: 'en',
    resources: { en: { translation: en }, de: { translation: de } },
  });
  return `${i18n.t('mails', { count: 2, lng: 'de' })}; ${i18n.t('bye', { lng: 'de' })}`;
}
