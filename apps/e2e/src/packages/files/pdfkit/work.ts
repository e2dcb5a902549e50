import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';

export async function work(): Promise<string> {
  const document = new PDFDocument({ compress: false });
  document.font('Helvetica').fontSize(20).text('Hello, Ada');
  document.end();
  const pdf = (await buffer(document)).toString('latin1');
  return `${pdf.slice(0, 8)} with ${/BaseFont \/(\w+)/.exec(pdf)?.[1] ?? 'no font'}`;
}
