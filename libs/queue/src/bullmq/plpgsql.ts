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
