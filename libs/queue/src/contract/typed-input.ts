import type { z } from 'zod';
import type { SchemaInput, SchemaOutput, StandardSchema } from './standard-schema';

/*
 * Types of what a codec (`z.codec`) adds to a schema: a value has two forms, and both are taken.
 */

/** How deep types look: those of schemas that contain themselves have no end. */
type Deeper<Depth extends readonly unknown[]> = readonly [unknown, ...Depth];
type TooDeep = readonly [unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown];

/** A schema around another one. */
type Wrapper<Inner extends z.core.SomeType> =
  | z.ZodOptional<Inner>
  | z.ZodNullable<Inner>
  | z.ZodDefault<Inner>
  | z.ZodPrefault<Inner>
  | z.ZodNonOptional<Inner>
  | z.ZodReadonly<Inner>
  | z.ZodCatch<Inner>
  | z.ZodLazy<Inner>;

/** `true` if a schema, or one inside of it, is a codec; otherwise `never`. */
type CodecIn<Schema, Depth extends readonly unknown[] = readonly []> = Depth extends TooDeep
  ? never
  : Schema extends z.ZodCodec
    ? true
    : Schema extends z.ZodObject<infer Shape>
      ? { [Key in keyof Shape]: CodecIn<Shape[Key], Deeper<Depth>> }[keyof Shape]
      : Schema extends z.ZodTuple<infer Items, infer Rest>
        ? CodecIn<Items[number] | Rest, Deeper<Depth>>
        : Schema extends z.ZodUnion<infer Options>
          ? CodecIn<Options[number], Deeper<Depth>>
          : Schema extends
                | z.ZodRecord<infer First, infer Second>
                | z.ZodIntersection<infer First, infer Second>
                | z.ZodPipe<infer First, infer Second>
            ? CodecIn<First | Second, Deeper<Depth>>
            : Schema extends z.ZodArray<infer Inner> | Wrapper<infer Inner>
              ? CodecIn<Inner, Deeper<Depth>>
              : never;

/** The input of a schema, with either form where a codec is. */
type EitherForm<Schema, Depth extends readonly unknown[] = readonly []> = Depth extends TooDeep
  ? z.input<Schema>
  : Schema extends z.ZodObject<infer Shape>
    ? {
        [Key in keyof z.input<Schema>]: Key extends keyof Shape
          ? EitherForm<Shape[Key], Deeper<Depth>>
          : z.input<Schema>[Key];
      }
    : Schema extends z.ZodArray<infer Item>
      ? EitherForm<Item, Deeper<Depth>>[]
      : Schema extends
            z.ZodOptional<infer Inner> | z.ZodDefault<infer Inner> | z.ZodPrefault<infer Inner>
        ? EitherForm<Inner, Deeper<Depth>> | undefined
        : Schema extends z.ZodNullable<infer Inner>
          ? EitherForm<Inner, Deeper<Depth>> | null
          : true extends CodecIn<Schema>
            ? z.input<Schema> | z.output<Schema>
            : z.input<Schema>;

/** What a schema takes: its input and, where it has a codec, the typed value as well. */
export type TypedInput<Schema extends StandardSchema> =
  true extends CodecIn<Schema> ? EitherForm<Schema> : SchemaInput<Schema>;

/** What is stored of a result: what its schema returns or, if it has a codec, the JSON form of that. */
export type StoredOutput<Schema extends StandardSchema> =
  true extends CodecIn<Schema> ? SchemaInput<Schema> : SchemaOutput<Schema>;
