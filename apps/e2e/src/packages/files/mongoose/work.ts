import mongoose, { Schema } from 'mongoose';

export async function work(): Promise<string> {
  const connection = mongoose.createConnection();
  const schema = new Schema({
    name: { type: String, required: true },
    age: { type: Number, min: 0 },
  });
  const Person = connection.model('Person', schema);
  const failure = await new Person({ age: -1 })
    .validate()
    .catch((error: unknown) => error as object);
  const wrong = Object.keys((failure as { errors: object }).errors).sort();
  await connection.close();
  return `${wrong.join(',')}; ${JSON.stringify(new Person({ name: 'Ada', age: '36' }).toObject().age)}`;
}
