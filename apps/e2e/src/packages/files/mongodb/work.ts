import { BSON, MongoClient, MongoServerSelectionError, ObjectId } from 'mongodb';

/** There is no server: what is stored is read back without one, and the client says what it misses. */
export async function work(): Promise<string> {
  const document = { _id: new ObjectId('65a000000000000000000001'), name: 'Ada' };
  const { _id, name } = BSON.deserialize(BSON.serialize(document));
  const client = new MongoClient('mongodb://127.0.0.1:9/app', { serverSelectionTimeoutMS: 50 });
  try {
    await client.db().collection('people').insertOne(document);
    return 'inserted';
  } catch (error) {
    return `${String(_id)} ${String(name)}, ${String(error instanceof MongoServerSelectionError)}`;
  } finally {
    await client.close();
  }
}
