"""A storyboard by a language model: Ollama, or any server that speaks OpenAI's protocol."""
