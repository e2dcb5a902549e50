import Handlebars from 'handlebars';

export function work(): string {
  const handlebars = Handlebars.create();
  handlebars.registerHelper('loud', (text: string) => text.toUpperCase());
  handlebars.registerPartial('greeting', 'Hello, {{loud first}} & {{second}}!');
  const render = handlebars.compile('<p>{{> greeting}}</p>');
  return render({ first: 'Ada', second: 'Bob & Co' });
}
