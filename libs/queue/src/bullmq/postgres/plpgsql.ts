/** A function in the schema of BullMQ's tables. */
export function plpgsql(head: string, declarations: string, body: string, settings = ''): string {
  return `
CREATE FUNCTION ${head}
LANGUAGE plpgsql SET search_path FROM CURRENT ${settings} AS $$
DECLARE
${declarations}
BEGIN
${body}
END;
$$;`;
}

/** The same function, in place of one that has its name and parameters. */
export function replacing(functions: string): string {
  return functions.replaceAll('\nCREATE FUNCTION ', '\nCREATE OR REPLACE FUNCTION ');
}
