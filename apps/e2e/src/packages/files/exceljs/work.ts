import ExcelJS from 'exceljs';

export async function work(): Promise<string> {
  const workbook = new ExcelJS.Workbook();
  const sheet = workbook.addWorksheet('People');
  sheet.columns = [
    { header: 'Name', key: 'name' },
    { header: 'Age', key: 'age' },
  ];
  sheet.addRow({ name: 'Ada', age: 36 });
  const bytes = await workbook.xlsx.writeBuffer();
  const read = new ExcelJS.Workbook();
  await read.xlsx.load(bytes);
  return JSON.stringify(read.getWorksheet('People')?.getRow(2).values);
}
