import { Body, Button, Html, Preview, Tailwind, Text } from '@react-email/components';

/**
 * The mail that welcomes a person.
 *
 * @param name how to call the person
 */
export function Welcome({ name }: { name: string }) {
  return (
    <Html lang="en">
      <Preview>Welcome</Preview>
      <Tailwind>
        <Body>
          <Text className="text-center">Hello, {name}</Text>
          <Button href="https://example.com">Start</Button>
        </Body>
      </Tailwind>
    </Html>
  );
}
