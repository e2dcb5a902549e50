import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client';

export async function work(): Promise<string> {
  const adapter = new PrismaPg({ connectionString: process.env['DATABASE_URL'] ?? '' });
  const prisma = new PrismaClient({ adapter });
  try {
    return await prisma.$transaction(async (transaction) => {
      await transaction.$executeRaw`create temporary table "Person" (id int, name text) on commit drop`;
      await transaction.person.createMany({
        data: [
          { id: 1, name: 'Ada' },
          { id: 2, name: 'Bob' },
        ],
      });
      return JSON.stringify(
        await transaction.person.findMany({ where: { name: { startsWith: 'A' } } }),
      );
    });
  } finally {
    await prisma.$disconnect();
  }
}
