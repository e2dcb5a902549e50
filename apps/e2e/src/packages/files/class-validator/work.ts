import { plainToInstance, Type } from 'class-transformer';
import { IsEmail, IsInt, Min, validate, ValidateNested } from 'class-validator';

class Age {
  @IsInt()
  @Min(0)
  years!: number;
}

class Person {
  @IsEmail()
  mail!: string;

  @ValidateNested()
  @Type(() => Age)
  age!: Age;
}

export async function work(): Promise<string> {
  const person = plainToInstance(Person, { mail: 'ada', age: { years: -1 } });
  const problems = await validate(person);
  const inner = problems.flatMap(({ children }) => children ?? []);
  return [...problems, ...inner].map(({ property }) => property).join();
}
