import { JSDOM } from 'jsdom';

export function work(): string {
  const { window } = new JSDOM('<p id="a">Hello</p><script>a.append(", Ada")</script>', {
    runScripts: 'dangerously',
  });
  const paragraph = window.document.querySelector('p');
  const { display } = window.getComputedStyle(paragraph as Element);
  const text = `${paragraph?.textContent ?? ''} ${display}`;
  window.close();
  return text;
}
