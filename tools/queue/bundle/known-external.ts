/**
 * Packages that read files which lie beside them (fonts, web pages), and so cannot be moved into a
 * bundle. Nothing in their manifests tells, hence this list. Add others with the option `external`.
 */
export const KNOWN_EXTERNAL: readonly string[] = ['pdfkit', 'swagger-ui-dist'];
