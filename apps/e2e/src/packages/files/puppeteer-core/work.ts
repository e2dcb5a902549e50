import puppeteer from 'puppeteer-core';

export async function work(): Promise<string> {
  const browser = await puppeteer.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage();
    await page.setContent(
      '<h1>Hello</h1><script>document.querySelector("h1").append(", Ada")</script>',
    );
    const pdf = Buffer.from(await page.pdf());
    const heading = await page.$eval('h1', ({ textContent }) => textContent);
    return `${heading}; ${pdf.toString('latin1', 0, 5)}`;
  } finally {
    await browser.close();
  }
}
