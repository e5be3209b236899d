// What the module of this entry tells is what that of the package does.
export * from "../shapes.js";
