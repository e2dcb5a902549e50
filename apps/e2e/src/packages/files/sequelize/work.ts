import { DataTypes, Sequelize } from 'sequelize';

export async function work(): Promise<string> {
  const database = new Sequelize(process.env['DATABASE_URL'] ?? '', { logging: false });
  try {
    const Person = database.define(
      'sequelize_person',
      { name: DataTypes.STRING },
      { timestamps: false },
    );
    await Person.sync({ force: true });
    await Person.bulkCreate([{ name: 'Ada' }, { name: 'Bob' }]);
    const count = await Person.count();
    await Person.drop();
    return `${count} people`;
  } finally {
    await database.close();
  }
}
