import ejs from 'ejs';

export async function work(): Promise<string> {
  const template = '<ul><% for (const name of names) { %><li><%= await name %></li><% } %></ul>';
  return ejs.render(template, { names: ['Ada', 'Bob & Co'] }, { async: true });
}
