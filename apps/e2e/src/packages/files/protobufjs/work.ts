import protobuf from 'protobufjs';

export function work(): string {
  const source = `syntax = "proto3"; package people;
    message Person { string name = 1; repeated int32 marks = 2; }`;
  const { root } = protobuf.parse(source);
  const Person = root.lookupType('people.Person');
  const bytes = Person.encode({ name: 'Ada', marks: [1, 2] }).finish();
  return `${bytes.length} bytes: ${JSON.stringify(Person.toObject(Person.decode(bytes)))}`;
}
