import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** A page with one line of text. */
const PDF = `%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 5 0 R/Resources<</Font<</F 4 0 R>>>>>> endobj
4 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
5 0 obj <</Length 41>> stream
BT /F 12 Tf 20 50 Td (Hello, Ada) Tj ET  
endstream endobj
trailer <</Root 1 0 R>>
%%EOF`;

export async function work(): Promise<string> {
  const task = getDocument({ data: new Uint8Array(Buffer.from(PDF)), verbosity: 0 });
  try {
    const page = await (await task.promise).getPage(1);
    const { items } = await page.getTextContent();
    return items.map((item) => ('str' in item ? item.str : '')).join('');
  } finally {
    await task.destroy();
  }
}
