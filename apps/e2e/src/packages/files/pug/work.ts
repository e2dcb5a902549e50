import pug from 'pug';

export function work(): string {
  const template = 'ul\n  each name in names\n    li(class=name): b= name\n  :uppercase\n    done';
  const filters = { uppercase: (text: string) => text.toUpperCase() };
  return pug.compile(template, { filters })({ names: ['Ada'] });
}
