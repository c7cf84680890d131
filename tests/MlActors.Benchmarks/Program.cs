Console.WriteLine("mlactors");
