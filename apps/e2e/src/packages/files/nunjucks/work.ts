import nunjucks from 'nunjucks';

export function work(): string {
  const environment = new nunjucks.Environment(null, { autoescape: true });
  environment.addFilter('loud', (text: string) => text.toUpperCase());
  return environment.renderString('{% for name in names %}{{ name | loud }};{% endfor %}', {
    names: ['Ada', 'B & C'],
  });
}
