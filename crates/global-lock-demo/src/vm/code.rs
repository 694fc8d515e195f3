//! A program: functions, the instructions that they are made of, and constants.

use std::fmt;

/// A whole program.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// The file that it was read from, for messages.
    pub file: String,
    /// The functions; the first is the module's own code, which is what runs.
    pub codes: Vec<Code>,
    /// The constants of all functions, each once.
    pub constants: Vec<Constant>,
    /// The names of globals, modules and attributes, each once.
    pub names: Vec<String>,
}

/// One function's code object.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    /// Its name, `<module>` for the module's own.
    pub name: String,
    /// The names of its locals. The parameters come first, but a listing does not say how many of
    /// them are: a call fills as many as it has arguments.
    pub locals: Vec<String>,
    /// The instructions. The last is one that does not go on to the next.
    pub instructions: Vec<Instruction>,
    /// For each instruction its line in the program's source.
    pub lines: Vec<u32>,
    /// How many values it has on its stack at most.
    pub depth: usize,
}

/// A constant. It is *immortal*: nobody counts the references to it (PEP 683).
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Constants, by their places in [`Program::constants`].
    Tuple(Vec<u32>),
    /// A function's code, by its place in [`Program::codes`].
    Code(u32),
}

/// An instruction of CPython 3.11, by its name there. Constants, names and codes are places in the
/// [`Program`]'s vectors, jumps go to places in [`Code::instructions`].
///
/// Eight bytes, the first of which says which it is: the loop that executes them does little else
/// for each than to look at it and jump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Instruction {
    /// The function begins: a check.
    Resume,
    /// Nothing. (PRECALL too: it prepares what CALL does. And EXTENDED_ARG: a listing has it in the
    /// next instruction's number.)
    Nop,
    /// Drops the top.
    PopTop,
    /// Pushes the mark that says: what is called is a function, not a method.
    PushNull,
    /// Pushes the value that is so deep, 1 being the top.
    Copy(u16),
    /// Exchanges the top with the value that is so deep.
    Swap(u16),
    /// Pushes a constant.
    LoadConst(u32),
    /// Pushes a local.
    LoadFast(u16),
    /// Pops a local.
    StoreFast(u16),
    /// Pushes a global, or else a built-in; below it the mark of [`PushNull`](Self::PushNull), if
    /// `null`. LOAD_NAME is the same, in the module's code.
    LoadGlobal {
        /// Whether it is about to be called.
        null: bool,
        /// Its place in [`Program::names`].
        name: u32,
    },
    /// Pops a global. STORE_NAME is the same, in the module's code.
    StoreGlobal(u32),
    /// Replaces the top by its attribute.
    LoadAttr(u32),
    /// Replaces the top by its method and itself, ready to be called.
    LoadMethod(u32),
    /// Calls, with so many arguments: pops them and what is called, pushes the result. Then a
    /// check.
    Call(u16),
    /// Returns the top.
    ReturnValue,
    /// Pops two, pushes their sum, difference, …
    BinaryOp(Binary),
    /// Pops two, pushes whether the comparison holds.
    CompareOp(Comparison),
    /// Pops two, pushes whether they are the same object (`is`), or `invert`ed.
    IsOp {
        /// `is not`.
        invert: bool,
    },
    /// Pops two, pushes whether the second contains the first, or `invert`ed.
    ContainsOp {
        /// `not in`.
        invert: bool,
    },
    /// Replaces the top by its truth's opposite.
    UnaryNot,
    /// Replaces the top by its negative.
    UnaryNegative,
    /// Pops a key and a container, pushes what is there.
    BinarySubscr,
    /// Pops a key, a container and a value, and stores it there.
    StoreSubscr,
    /// Pops so many, pushes a list of them.
    BuildList(u16),
    /// Pops so many, pushes a tuple of them.
    BuildTuple(u16),
    /// Pops so many pairs, pushes a dict of them.
    BuildMap(u16),
    /// Pops a value and appends it to the list that is then so deep.
    ListAppend(u16),
    /// Pops an iterable and appends what it yields to the list that is then so deep.
    ListExtend(u16),
    /// Replaces the top by its so many elements, the first on top.
    UnpackSequence(u16),
    /// Replaces the top by an iterator over it.
    GetIter,
    /// Pushes the iterator's next value; when there is none, pops the iterator and jumps.
    ForIter(u32),
    /// Jumps ahead.
    JumpForward(u32),
    /// Jumps back: a check.
    JumpBackward(u32),
    /// Pops, and jumps if that is true or false as `when` says. Jumping back is a check.
    PopJumpIf {
        /// What makes it jump.
        when: bool,
        /// Whether it jumps back.
        back: bool,
        /// Where to.
        to: u32,
    },
    /// Jumps if the top is as `when` says, else pops it: `and`, `or`.
    JumpIfOrPop {
        /// What makes it jump.
        when: bool,
        /// Where to.
        to: u32,
    },
    /// Replaces the code on top by a function.
    MakeFunction,
    /// Pops two, pushes the module of this name.
    ImportName(u32),
    /// Pushes the attribute of this name of the module on top, which stays.
    ImportFrom(u32),
}

impl Instruction {
    /// Whether it holds a check, where a lock may be lost. In a CALL that comes when what was
    /// called has returned; if that is a function, it has begun with another, its RESUME.
    #[must_use]
    pub const fn checks(self) -> bool {
        matches!(
            self,
            Instruction::Resume
                | Instruction::Call(_)
                | Instruction::JumpBackward(_)
                | Instruction::PopJumpIf { back: true, .. }
        )
    }

    /// Whether the legacy lock counts it, before it is executed. CPython 2.7 passes by its ticker
    /// for those that go on to the next without looking whether somebody wants something
    /// (`fast_next_opcode`).
    #[must_use]
    pub const fn ticks(self) -> bool {
        !matches!(
            self,
            Instruction::LoadFast(_)
                | Instruction::LoadConst(_)
                | Instruction::StoreFast(_)
                | Instruction::PopTop
                | Instruction::JumpForward(_)
                | Instruction::PopJumpIf { back: false, .. }
                | Instruction::Nop
                | Instruction::Resume
                | Instruction::PushNull
        )
    }
}

/// What BINARY_OP does; `+=` is `+`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `//`
    FloorDivide,
    /// `%`
    Remainder,
    /// `&`
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
}

/// What COMPARE_OP asks. Its number is the set of orders at which it holds: a bit each for less,
/// equal and greater, from the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Comparison {
    /// `<`
    Less = 0b001,
    /// `<=`
    LessOrEqual = 0b011,
    /// `==`
    Equal = 0b010,
    /// `!=`
    NotEqual = 0b101,
    /// `>`
    Greater = 0b100,
    /// `>=`
    GreaterOrEqual = 0b110,
}

impl fmt::Display for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Binary::Add => "+",
            Binary::Subtract => "-",
            Binary::Multiply => "*",
            Binary::Divide => "/",
            Binary::FloorDivide => "//",
            Binary::Remainder => "%",
            Binary::And => "&",
            Binary::Or => "|",
            Binary::Xor => "^",
            Binary::ShiftLeft => "<<",
            Binary::ShiftRight => ">>",
        })
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        })
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_instruction_has_eight_bytes() {
        assert_eq!(size_of::<super::Instruction>(), 8);
    }
}
