import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client';

export async function work(): Promise<string> {
  const adapter = new PrismaPg({ connectionString: process.env['DATABASE_URL'] ?? '' });
  const prisma = new PrismaClient({ adapter });
  try {
    return await prisma.$transaction(async (transaction) => {
      await transaction.$executeRaw`create table "Person" (id int, name text)`;
      await transaction.person.createMany({
        data: [
          { id: 1, name: 'Ada' },
          { id: 2, name: 'Bob' },
        ],
      });
      const found = await transaction.person.findMany({ where: { name: { startsWith: 'A' } } });
      await transaction.$executeRaw`drop table "Person"`;
      return JSON.stringify(found);
    });
  } finally {
    await prisma.$disconnect();
  }
}
