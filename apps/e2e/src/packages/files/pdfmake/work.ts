import pdfmake from 'pdfmake';

export async function work(): Promise<string> {
  pdfmake.setFonts({ Helvetica: { normal: 'Helvetica', bold: 'Helvetica-Bold' } });
  const document = pdfmake.createPdf({
    content: [{ text: 'Invoice', bold: true }, { table: { body: [['Ada', '42']] } }],
    defaultStyle: { font: 'Helvetica' },
    compress: false,
  });
  const pdf = (await document.getBuffer()).toString('latin1');
  const fonts = [...pdf.matchAll(/BaseFont \/([\w-]+)/g)].map(([, name]) => name).sort();
  return `${pdf.slice(0, 8)} with ${fonts.join(', ')}`;
}
