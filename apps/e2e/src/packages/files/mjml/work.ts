import mjml from 'mjml';

export async function work(): Promise<string> {
  const source = `<mjml><mj-body><mj-section><mj-column>
    <mj-text color="red">Hello, Ada</mj-text>
  </mj-column></mj-section></mj-body></mjml>`;
  const { html, errors } = await mjml(source, { validationLevel: 'strict' });
  return `${/color:red[^>]*>([^<]+)</.exec(html)?.[1] ?? html}; ${errors.length} errors`;
}
