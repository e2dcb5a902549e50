import { InferenceSession, Tensor } from 'onnxruntime-node';

/** Field `number` of a message of protobuf, with these bytes. */
const field = (number: number, ...bytes: number[]): number[] => [
  (number << 3) | 2,
  bytes.length,
  ...bytes,
];
const int = (number: number, value: number): number[] => [number << 3, value];
const text = (number: number, value: string): number[] => field(number, ...Buffer.from(value));

/** A value named `name`: two floats. */
const value = (name: string): number[] => {
  const shape = field(2, ...field(1, ...int(1, 2)));
  return [...text(1, name), ...field(2, ...field(1, ...int(1, 1), ...shape))];
};

/** A model that adds its input to itself. */
const MODEL = Uint8Array.from([
  ...int(1, 8),
  ...field(
    7,
    ...field(1, ...text(1, 'x'), ...text(1, 'x'), ...text(2, 'y'), ...text(4, 'Add')),
    ...text(2, 'twice'),
    ...field(11, ...value('x')),
    ...field(12, ...value('y')),
  ),
  ...field(8, ...int(2, 14)),
]);

export async function work(): Promise<string> {
  const session = await InferenceSession.create(MODEL);
  const { y } = await session.run({ x: new Tensor('float32', [1, 2.5], [2]) });
  return `${String(y?.data)}`;
}
