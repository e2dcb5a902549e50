/**
 * Packages that read files which lie beside them (fonts, web pages), and so cannot be moved into a
 * bundle. Their manifests do not show it, hence this list. Add others with the option `external`.
 */
export const KNOWN_EXTERNAL: readonly string[] = ['pdfkit', 'swagger-ui-dist'];
