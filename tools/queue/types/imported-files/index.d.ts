// What an import of a file that is not code gives: its text, or its bytes. The same in a build, in `nx serve`
// and in a spec. The endings are those of bundle/files/file-kinds.json.

declare module '*.txt' {
  const text: string;
  export default text;
}
declare module '*.md' {
  const text: string;
  export default text;
}
declare module '*.html' {
  const text: string;
  export default text;
}
declare module '*.htm' {
  const text: string;
  export default text;
}
declare module '*.hbs' {
  const text: string;
  export default text;
}
declare module '*.handlebars' {
  const text: string;
  export default text;
}
declare module '*.mustache' {
  const text: string;
  export default text;
}
declare module '*.ejs' {
  const text: string;
  export default text;
}
declare module '*.pug' {
  const text: string;
  export default text;
}
declare module '*.liquid' {
  const text: string;
  export default text;
}
declare module '*.njk' {
  const text: string;
  export default text;
}
declare module '*.eta' {
  const text: string;
  export default text;
}
declare module '*.mjml' {
  const text: string;
  export default text;
}
declare module '*.xml' {
  const text: string;
  export default text;
}
declare module '*.xsl' {
  const text: string;
  export default text;
}
declare module '*.svg' {
  const text: string;
  export default text;
}
declare module '*.css' {
  const text: string;
  export default text;
}
declare module '*.csv' {
  const text: string;
  export default text;
}
declare module '*.sql' {
  const text: string;
  export default text;
}
declare module '*.graphql' {
  const text: string;
  export default text;
}
declare module '*.gql' {
  const text: string;
  export default text;
}
declare module '*.proto' {
  const text: string;
  export default text;
}
declare module '*.lua' {
  const text: string;
  export default text;
}
declare module '*.yaml' {
  const text: string;
  export default text;
}
declare module '*.yml' {
  const text: string;
  export default text;
}
declare module '*.toml' {
  const text: string;
  export default text;
}
declare module '*.ini' {
  const text: string;
  export default text;
}
declare module '*.pem' {
  const text: string;
  export default text;
}
declare module '*.crt' {
  const text: string;
  export default text;
}
declare module '*.tmpl' {
  const text: string;
  export default text;
}
declare module '*.tpl' {
  const text: string;
  export default text;
}
declare module '*.png' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.jpg' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.jpeg' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.gif' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.webp' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.avif' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.ico' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.bmp' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.tiff' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.pdf' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.ttf' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.otf' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.woff' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.woff2' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.afm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.icc' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.docx' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.xlsx' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.pptx' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.zip' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.gz' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.onnx' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.mmdb' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.bin' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.dat' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.mp3' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.mp4' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.wav' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
